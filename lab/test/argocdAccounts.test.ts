import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { areTokensFresh } from "../argocd/accounts";

describe("the tokens of Argo CD's components", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hubspoke-accounts-"));
    after(() => fs.rmSync(folder, { recursive: true }));

    it("are to be renewed once half of their life is over, but for one of a component that is gone", () => {
        const dayMs = 24 * 60 * 60 * 1000;
        const at = (file: string, days: number) => {
            fs.writeFileSync(path.join(folder, file), "");
            fs.utimesSync(path.join(folder, file), 0, (days * dayMs) / 1000);
        };
        at("argocd-notifications-controller.token", 1);
        at("argocd-server.token", 100);
        at("argocd-server.kubeconfig", 200);
        expect(areTokensFresh(103 * dayMs, folder)).to.equal(true);
        expect(areTokensFresh(104 * dayMs, folder)).to.equal(false);
    });
});
