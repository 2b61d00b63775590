import { expect } from "chai";
import { idOf } from "../../dynamic/provider";

describe("the id of a dynamic resource", () => {
    it("is the same for the same parts, and another for every other", () => {
        expect(idOf("argocd", "prod")).to.match(/^[0-9a-f]{16}$/).and.equal(idOf("argocd", "prod"));
        expect(idOf("argocd", "prod")).not.to.equal(idOf("argocdprod"));
        expect(idOf("a", "bc")).not.to.equal(idOf("ab", "c"));
    });
});
