import { expect } from "chai";
import { sameRepository } from "../../scripts/preview/chart";
import { isSameToArgoCd, plainUrl } from "../../settings/repositoryUrl";

describe("two URLs of repositories", () => {
    // The first ones are from argo-cd, util/git/git_test.go, `TestSameURL`.
    const cases: [one: string, other: string, toArgoCd: boolean, here: boolean][] = [
        ["git@GITHUB.com:argoproj/test", "git@github.com:argoproj/test.git", true, true],
        ["git@GITHUB.com:test", "git@github.com:test.git", true, true],
        ["https://github.com/FOO", "https://github.com/foo", true, true],
        ["https://github.com:4443/TEST", "https://github.com:4443/TEST.git", true, true],
        ["ssh://git@GITHUB.com/argoproj/test.git", "git@github.com:argoproj/test", true, true],
        ["ssh://git@github.com/test", "git@github.com:test.git", true, true],
        [" https://github.com/argoproj/test ", "https://github.com/argoproj/test.git", true, true],
        ["https://charts.example.com/", "https://charts.example.com", false, true],
        ["https://git.example.com/a.git/", "https://git.example.com/a", false, true],
        ["https://github.com/a/b", "git@github.com:a/b", false, false],
        ["ssh://github.com/a/b", "ssh://git@github.com/a/b", false, false],
        ["ssh://git@github.com:22/a/b", "ssh://git@github.com/a/b", false, false],
        ["oci://ghcr.io/example", "ghcr.io/example/charts", false, false],
        ["oci://ghcr.io/example/charts", "ghcr.io/example/charts", true, true],
        ["https://git.example.com/a.github", "https://git.example.com/ahub", false, false],
        ["https://git.example.com/ssh://a", "https://git.example.com/a", false, false],
        ["https://git.example.com/oci://a", "https://git.example.com/a", false, false],
        ["https://git@example.com/a:b", "https://git@example.com/a/b", false, false],
    ];
    for (const [one, other, toArgoCd, here] of cases) {
        it(`are ${toArgoCd ? "" : "not "}the same to Argo CD, and ${here ? "one" : "two"} here: ${one} and ${other}`, () => {
            expect(isSameToArgoCd(one, other)).to.equal(toArgoCd);
            expect(plainUrl(one) === plainUrl(other)).to.equal(here);
        });
    }

    it("are of one checkout whatever the protocol is", () => {
        for (const [one, other] of [["github.com:a/b.git", "https://github.com/A/b/"], ["ssh://git@x.org:22/a", "https://x.org:22/a"]] as const) {
            expect(sameRepository(one, other)).to.equal(true);
        }
    });
});
