import { expect } from "chai";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { projectRoot } from "../../lab/paths";

const programs = ["aws", "gcloud", "az", "kubelogin", "kubectl"];

describe("the kubeconfig of a workflow", () => {
    let home: string;
    let bin: string;
    before(() => {
        home = fs.mkdtempSync(path.join(os.tmpdir(), "home-"));
        bin = path.join(home, "bin");
        fs.mkdirSync(bin);
        for (const program of programs) {
            // Writes down what it is asked; and the clouds read standard input, as they may.
            const script = [
                "#!/bin/sh",
                `echo "${program} $*" >> "$HOME/asked"`,
                `[ "$HANGS" != "${program}" ] || exec sleep 30`,
                `[ "$FAILS" != "${program}" ] && cat > /dev/null`,
            ].join("\n");
            fs.writeFileSync(path.join(bin, program), script, { mode: 0o755 });
        }
    });
    // A limit ends at once what hangs.
    before(() => {
        const script = '#!/bin/sh\nshift\n[ "$HANGS" != "$1" ] || exit 124\nexec "$@"\n';
        fs.writeFileSync(path.join(bin, "timeout"), script, { mode: 0o755 });
    });
    after(() => fs.rmSync(home, { recursive: true }));
    beforeEach(() => fs.rmSync(path.join(home, "asked"), { force: true }));

    function make(env: Record<string, string>) {
        const { status, stdout, stderr } = spawnSync("bash", [path.join(projectRoot, ".ci/kubeconfig")], {
            encoding: "utf8",
            env: { PATH: `${bin}:/usr/bin:/bin`, HOME: home, ...env },
        });
        const file = path.join(home, "asked");
        const asked = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n") : [];
        return { status, output: stdout + stderr, asked };
    }

    const clusters = [
        "hub aws eu-west-1 argocd-hub",
        "",
        "prod gcp my-project europe-west1 agent-prod",
        "dr azure my-group agent-dr",
    ].join("\n");

    it("has each cluster from its cloud's command, under the context that the stack files name", () => {
        const { status, output, asked } = make({ CLUSTERS: clusters });
        expect(status, output).to.equal(0);
        expect(asked).to.deep.equal([
            "aws eks update-kubeconfig --region eu-west-1 --name argocd-hub --alias hub",
            "gcloud container clusters get-credentials agent-prod --project my-project --location europe-west1",
            "kubectl config rename-context gke_my-project_europe-west1_agent-prod prod",
            "az aks get-credentials --resource-group my-group --name agent-dr --context dr --overwrite-existing",
            "kubelogin convert-kubeconfig --login azurecli",
        ]);
    });

    it("has the other clusters if one cloud does not answer, for example in the outage of a failover", () => {
        const { status, output, asked } = make({ CLUSTERS: clusters, FAILS: "gcloud" });
        expect(status, output).to.equal(0);
        expect(output).to.include("::warning::CLUSTERS: gcp does not describe prod");
        expect(asked.at(-1)).to.equal("kubelogin convert-kubeconfig --login azurecli");
    });

    for (const [program, reason] of [
        ["aws", "aws does not describe hub"],
        ["gcloud", "gcp does not describe prod"],
        ["az", "azure does not describe dr"],
    ] as const) {
        it(`does not wait for ever for a cloud of which ${program} hangs`, () => {
            const { status, output } = make({ CLUSTERS: clusters, HANGS: program });
            expect(status, output).to.equal(0);
            expect(output.split("\n").filter((line) => line.startsWith("::warning::"))).to.deep.equal([
                `::warning::CLUSTERS: ${reason}, so it is not in the kubeconfig`,
            ]);
        });
    }

    it("refuses a line that it does not understand, and says what to write", () => {
        const { status, output } = make({ CLUSTERS: "prod gcp agent-prod" });
        expect(status).to.equal(1);
        expect(output).to.include('::error::CLUSTERS: "prod gcp agent-prod" is not a cluster. Write CONTEXT aws REGION NAME');
    });

    it("is the secret's contents if no cloud is named, and no other user can read it", () => {
        const { status, asked } = make({ KUBECONFIG_TEXT: "apiVersion: v1" });
        expect({ status, asked }).to.deep.equal({ status: 0, asked: [] });
        const file = path.join(home, ".kube", "config");
        expect(fs.readFileSync(file, "utf8")).to.equal("apiVersion: v1\n");
        expect(fs.statSync(file).mode & 0o077).to.equal(0);
    });
});
