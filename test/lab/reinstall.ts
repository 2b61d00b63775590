import { expect } from "chai";
import { kubectl } from "../../lab/kubectl";
import { removeKeptCrds } from "../../lab/leftovers";
import { removeStackFile, writeOtherHub } from "../../lab/stacks/project";
import { destroy, up } from "../../lab/stacks/pulumi";
import { noteSecret, secretsOn } from "./support/secrets";

const stack = "second-hub";
const cluster = "staging";
const toNobody = () => undefined;

interface Crds {
    readonly items: readonly { readonly metadata: { readonly name: string; readonly uid: string } }[];
}

/** Argo CD's CRDs: each one's identity, by its name. */
async function crds(): Promise<Record<string, string>> {
    const selector = "--selector=app.kubernetes.io/part-of=argocd";
    const { items } = JSON.parse(await kubectl(cluster, ["get", "crd", selector, "--output=json"])) as Crds;
    return Object.fromEntries(items.map(({ metadata }) => [metadata.name, metadata.uid]));
}

/** Ready and wanted replicas of the application controller. */
async function controllers(): Promise<string> {
    const replicas = "--output=jsonpath={.status.readyReplicas}/{.spec.replicas}";
    const name = "argocd-application-controller";
    return kubectl(cluster, ["get", "statefulset", name, "--namespace=argocd", replicas]);
}

describe("a hub of one replica each that is destroyed and created again", () => {
    after(async () => {
        await destroy(stack, toNobody);
        removeStackFile(stack);
        await removeKeptCrds(cluster);
    });

    it("takes over the CRDs that its first release kept", async () => {
        writeOtherHub(stack, cluster, { "hubspoke:availability": "single" });
        await up(stack, toNobody);
        (await secretsOn(cluster)).forEach((value, where) => noteSecret(`second hub: ${where}`, value));
        expect(await controllers()).to.equal("1/1");
        const kept = await crds();
        expect(kept).to.include.keys("applications.argoproj.io", "applicationsets.argoproj.io", "appprojects.argoproj.io");

        await destroy(stack, toNobody);
        expect(await kubectl(cluster, ["get", "namespace", "argocd", "--ignore-not-found"])).to.equal("");
        expect(await crds()).to.deep.equal(kept);

        await up(stack, toNobody);
        expect(await crds()).to.deep.equal(kept);
    });
});
