/**
 * Adds the comment of `npm run preview` to a GitLab merge request, or updates the existing one:
 *
 *     npx tsx scripts/gitlabComment/index.ts preview/comment.md
 *
 * GitLab's variables give the merge request (CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID).
 * PREVIEW_COMMENT_TOKEN is a project access token with the scope `api` and the role Reporter.
 */
import { readFileSync } from "node:fs";
import { InputError } from "../../settings/inputError";
import { marker } from "../preview/comment";
import { main, say } from "../support/main";

interface Note {
    readonly id: number;
    readonly body: string;
}

/** Notes in one answer, the maximum of GitLab. */
const pageSize = 100;

main(module, async ([file, ...more]) => {
    if (file === undefined || more.length > 0) {
        throw new InputError("The comment's file is missing. Write: npx tsx scripts/gitlabComment/index.ts preview/comment.md");
    }
    const body = readFileSync(file, "utf8");
    const { id } = (await notes()).find((note) => note.body.startsWith(marker)) ?? {};
    await (id === undefined ? ask("POST", "", { body }) : ask("PUT", `/${id}`, { body }));
    say(id === undefined ? "The comment is added." : `The comment ${id} is updated.`);
});

async function notes(): Promise<Note[]> {
    const all: Note[] = [];
    for (let page = 1; ; page++) {
        const some = (await ask("GET", `?per_page=${pageSize}&page=${page}`)) as Note[];
        all.push(...some);
        if (some.length < pageSize) {
            return all;
        }
    }
}

async function ask(method: string, path: string, content?: object): Promise<unknown> {
    const merge = `projects/${variable("CI_PROJECT_ID")}/merge_requests/${variable("CI_MERGE_REQUEST_IID")}`;
    const url = `${variable("CI_API_V4_URL")}/${merge}/notes${path}`;
    const response = await fetch(url, {
        method,
        headers: { "PRIVATE-TOKEN": variable("PREVIEW_COMMENT_TOKEN"), "Content-Type": "application/json" },
        ...(content && { body: JSON.stringify(content) }),
    });
    if (!response.ok) {
        throw new Error(`GitLab answers ${response.status} to ${method} ${url}: ${await response.text()}`);
    }
    return response.json();
}

function variable(name: string): string {
    const value = process.env[name];
    if (value === undefined || value === "") {
        throw new InputError(`${name} is not set. GitLab sets the CI_ variables in a merge request pipeline; set the token yourself`);
    }
    return value;
}
