import { expect } from "chai";
import { refuseWindows } from "../platform";

describe("the lab's platform", () => {
    it("is not Windows, and the error says what works there", () => {
        expect(() => refuseWindows("win32")).to.throw(/^the lab does not run on Windows: .*\. Run it in WSL 2 \(https:\S+\)$/);
    });

    it("is Linux or macOS", () => {
        expect(() => refuseWindows("linux")).not.to.throw();
        expect(() => refuseWindows("darwin")).not.to.throw();
    });
});
