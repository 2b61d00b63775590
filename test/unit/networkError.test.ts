import { expect } from "chai";
import type { LookupFunction } from "node:net";
import { send } from "../../clusters/https";
import { isNetworkFailure, oneError, whyFetchFailed } from "../../clusters/networkError";
import { closedPort, failure } from "./support/failure";

const failed = (code: string, message: string) => Object.assign(new Error(message), { code });

/** What Node makes of these: no message, and the code of the first. */
const several = (...errors: (Error & { readonly code: string })[]) =>
    Object.assign(new AggregateError(errors), { code: errors[0]?.code });

describe("the error of a connection to a name with several addresses", () => {
    const both = several(failed("ENETUNREACH", "connect ENETUNREACH ::2"), failed("ECONNREFUSED", "connect ECONNREFUSED 10.0.0.1"));

    it("has the message of each, and the code of a failure of the network where there is one", () => {
        const { message, code } = oneError(both);
        expect(message).to.equal("connect ENETUNREACH ::2, connect ECONNREFUSED 10.0.0.1");
        expect(code).to.equal("ECONNREFUSED");
        expect(isNetworkFailure(oneError(both))).to.equal(true);
        expect(oneError(several(failed("EACCES", "a"), failed("EPERM", "b"))).code).to.equal("EACCES");
    });

    it("has no message twice", () => {
        expect(oneError(several(failed("EACCES", "a"), failed("EACCES", "a"))).message).to.equal("a");
    });

    it("is why a fetch failed, whose own message says nothing", () => {
        expect(whyFetchFailed(new TypeError("fetch failed", { cause: both }))).to.match(/^connect ENETUNREACH/);
        expect(whyFetchFailed(new Error("the time is up"))).to.equal("the time is up");
    });

    it("is what a request ends with", async () => {
        const addresses = ["127.0.0.1", "::1"].map((address, index) => ({ address, family: index === 0 ? 4 : 6 }));
        const lookup: LookupFunction = (_name, _options, answer) => answer(null, addresses);
        const sent = send(new URL(`http://hub.test:${await closedPort()}/`), { lookup, agent: false }, 5_000);
        expect(await failure(sent)).to.match(/^connect ECONNREFUSED 127\.0\.0\.1:\d+, connect E\w+ ::1:\d+/);
    });
});

describe("the error of any other connection", () => {
    it("is left as it is", () => {
        const error = failed("ECONNRESET", "socket hang up");
        expect(oneError(error)).to.equal(error);
    });

    it("says at least that there is none", () => {
        expect(oneError(new Error("")).message).to.equal("no connection");
    });
});
