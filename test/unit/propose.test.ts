import { expect } from "chai";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { projectRoot } from "../../lab/paths";

describe("the proposal of changed stack files", () => {
    let folder: string;

    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "propose-"));
    });

    afterEach(() => fs.rmSync(folder, { recursive: true }));

    it("gives Git its token where no other user of the machine can read it, and only for GitHub", () => {
        const checkout = path.join(folder, "checkout");
        const git = (...args: string[]) => execFileSync("git", args, { cwd: checkout, encoding: "utf8", stdio: "pipe" });
        fs.mkdirSync(checkout);
        git("init", "--quiet", "--initial-branch=main");
        fs.writeFileSync(path.join(checkout, "Pulumi.prod.yaml"), "config: {}\n");
        git("add", ".");
        git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=first");
        git("init", "--quiet", "--bare", "../origin.git");
        git("remote", "add", "origin", "../origin.git");
        fs.writeFileSync(path.join(checkout, "Pulumi.prod.yaml"), "config: { a: b }\n");

        // Writes its arguments down, and what Git would send to two hosts.
        const bin = path.join(folder, "bin");
        fs.mkdirSync(bin);
        const real = execFileSync("which", ["git"], { encoding: "utf8" }).trim();
        const note = path.join(folder, "note");
        const script = (body: string) => `#!/usr/bin/env bash\n${body}\n`;
        const sent = (host: string) => `echo "${host}: $(${real} config --get-urlmatch http.extraHeader https://${host}/a/b)"`;
        const spy = `{ echo "arguments: $*"; if [ "$1" = push ]; then ${sent("github.com")}; ${sent("example.com")}; fi; } >> ${note}`;
        fs.writeFileSync(path.join(bin, "git"), script(`${spy}\nexec ${real} "$@"`), { mode: 0o755 });
        fs.writeFileSync(path.join(bin, "gh"), script(`echo "gh: $*" >> ${note}`), { mode: 0o755 });

        const server = { GITHUB_SERVER_URL: "https://github.com", GH_TOKEN: "the-token" };
        const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, ...server };
        const propose = path.join(projectRoot, ".ci", "propose");
        execFileSync("bash", [propose, "rotation", "a commit", "a title", "a body"], { cwd: checkout, env, stdio: "pipe" });

        const header = Buffer.from("x-access-token:the-token").toString("base64");
        const lines = fs.readFileSync(note, "utf8").split("\n");
        expect(lines).to.include(`github.com: AUTHORIZATION: basic ${header}`).and.include("example.com: ");
        const readable = lines.filter((line) => line.startsWith("arguments: ") || line.startsWith("gh: ")).join("\n");
        expect(readable).to.match(/arguments: push origin rotation-[^]*gh: pr create --head rotation-/);
        expect(readable).not.to.include(header).and.not.to.include("the-token");
        expect(git("--git-dir=../origin.git", "branch", "--list", "rotation-*")).to.match(/rotation-/);
    });
});
