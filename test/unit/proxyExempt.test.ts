import { expect } from "chai";
import { isProxyUrl, proxyFromEnvironment } from "../../clusters/proxy";

const proxy = "http://proxy.test:3128";
const of = (url: string, env: NodeJS.ProcessEnv) => proxyFromEnvironment(new URL(url), env);

describe("the proxy for a URL", () => {
    it("is that of its protocol, in large letters before small ones", () => {
        const env = { HTTPS_PROXY: "https://tls.test", HTTP_PROXY: "http://plain.test", https_proxy: "http://small.test" };
        expect(of("https://hub.test", env)).to.equal("https://tls.test");
        expect(of("http://hub.test", env)).to.equal("http://plain.test");
        expect(of("https://hub.test", { ...env, HTTPS_PROXY: "" })).to.equal("http://small.test");
        expect(of("http://hub.test", { HTTPS_PROXY: proxy })).to.equal(undefined);
        expect(of("https://hub.test", {})).to.equal(undefined);
    });

    it("is not used for the names in small letters either", () => {
        expect(of("https://hub.test", { HTTPS_PROXY: proxy, no_proxy: "hub.test" })).to.equal(undefined);
    });

    const cases: [url: string, exempt: string, isExempt: boolean][] = [
        ["https://hub.test", "", false],
        ["https://hub.test", "*", true],
        ["https://hub.test", "other.test, *", true],
        ["https://hub.test", "hub.test", true],
        ["https://hub.test", "HUB.test", true],
        ["https://hub.test", "other.test,hub.test", true],
        ["https://hub.test", " hub.test ,other.test", true],
        ["https://hub.test", ",", false],
        ["https://a.hub.test", "hub.test", true],
        ["https://ahub.test", "hub.test", false],
        ["https://hub.test", "a.hub.test", false],
        ["https://a.hub.test", ".hub.test", true],
        ["https://hub.test", ".hub.test", false],
        ["https://a.hub.test", "*.hub.test", true],
        ["https://hub.test", "*.hub.test", false],
        ["https://a.hub.test", "*hub.test", false],
        ["https://hub.test", "hub.test:443", true],
        ["https://hub.test:443", "hub.test:443", true],
        ["https://hub.test", "hub.test:80", false],
        ["http://hub.test", "hub.test:80", true],
        ["https://hub.test:6443", "hub.test:6443", true],
        ["https://hub.test:6443", "hub.test:443", false],
        ["https://hub.test:6443", "hub.test", true],
        ["https://10.1.2.3", "10.1.2.3", true],
        ["https://10.1.2.3", "10.1.2.4", false],
        ["https://10.1.2.3:6443", "10.1.2.3:6443", true],
        ["https://10.1.2.3:6443", "10.1.2.3:443", false],
        ["https://10.1.2.3", "10.0.0.0/8", true],
        ["https://11.1.2.3", "10.0.0.0/8", false],
        ["https://10.1.2.3", "10.1.2.3/32", true],
        ["https://10.1.2.3", "10.0.0.0/33", false],
        ["https://a.10.test", "10.0.0.0/8", false],
        ["https://[2001:db8::1]", "2001:db8::/32", true],
        ["https://[2001:db9::1]", "2001:db8::/32", false],
        ["https://[2001:db8::1]", "2001:db8::1/128", true],
        ["https://[2001:db8::1]", "2001:db8::/129", false],
        ["https://[2001:db8::1]", "2001:db8::1", true],
        ["https://[2001:db8::1]", "2001:db8::2", false],
        ["https://[2001:db8::1]", "[2001:db8::1]", true],
        ["https://[2001:db8::1]:6443", "[2001:db8::1]:6443", true],
        ["https://[2001:db8::1]:6443", "[2001:db8::1]:443", false],
        ["https://10.1.2.3", "2001:db8::/32", false],
        ["https://[2001:db8::1]", "10.0.0.0/8", false],
        // The machine itself.
        ["https://localhost:6443", "", true],
        ["https://127.0.0.1:6443", "", true],
        ["https://127.9.9.9", "", true],
        ["https://[::1]:6443", "", true],
        ["https://127.example.com", "", false],
        ["https://128.0.0.1", "", false],
        ["https://localhost.test", "", false],
    ];
    for (const [url, exempt, isExempt] of cases) {
        it(`is ${isExempt ? "not used" : "used"} for ${url} with NO_PROXY=${JSON.stringify(exempt)}`, () => {
            const found = of(url, { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, NO_PROXY: exempt });
            expect(found).to.equal(isExempt ? undefined : proxy);
        });
    }
});

describe("a text", () => {
    for (const text of [
        "http://proxy", "http://proxy:3128/", "socks5://u:p@proxy", "http://u:p%23@proxy", "http://u@proxy:1/path", "https://[::1]:1",
    ]) {
        it(`is a proxy's URL: ${text}`, () => expect(isProxyUrl(text)).to.equal(true));
    }
    const none = ["http://u:a#b@proxy", "http://u:1/b@proxy", "http://u:1?b@proxy", "http://u:1\\b@proxy", "http://u:%x@proxy"];
    for (const text of ["", "proxy", ...none]) {
        it(`is none: ${text}`, () => expect(isProxyUrl(text)).to.equal(false));
    }
});
