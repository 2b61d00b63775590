import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import * as tls from "node:tls";
import { expect } from "chai";
import { isDistrust, trustOptions } from "../../clusters/serverTrust";

const load = createRequire(__filename);
const [authority = ""] = tls.rootCertificates;
const url = new URL("https://prod.example.com:6443");

describe("the trust in an API server", () => {
    it("is by the kubeconfig's authority, which need not be a root, and by the URL's name", () => {
        expect(trustOptions({ ca: authority }, url)).to.deep.include({
            ca: authority,
            allowPartialTrustChain: true,
            rejectUnauthorized: true,
            servername: "prod.example.com",
        });
    });

    it("is by the name in the kubeconfig, and asks for no name where the URL has an address", () => {
        expect(trustOptions({ ca: authority, serverName: "kube" }, url).servername).to.equal("kube");
        for (const address of ["https://10.0.0.1", "https://[2001:db8::1]:6443"]) {
            expect(trustOptions({ ca: authority }, new URL(address)).servername).to.equal("");
        }
    });

    it("is blind only where the kubeconfig says so", () => {
        const { checkServerIdentity, ...others } = trustOptions({ insecure: true }, url);
        expect(checkServerIdentity).to.be.a("function");
        expect(others).to.deep.equal({ rejectUnauthorized: false, servername: "prod.example.com" });
    });

    it("is refused with an authority that is no certificate", () => {
        expect(() => trustOptions({ ca: "PEM" }, url)).to.throw(
            Error,
            /^the certificate authority in the kubeconfig is not a PEM certificate$/,
        );
        try {
            trustOptions({ ca: "PEM" }, url);
        } catch (error) {
            expect(isDistrust(error as Error)).to.equal(true);
        }
    });

    it("needs the name among the alternative names of the server's certificate", () => {
        const identity = (subjectaltname: string | undefined, given: string) => {
            const { checkServerIdentity } = trustOptions({ ca: authority }, new URL(given));
            const subject = { CN: "prod.example.com" };
            return checkServerIdentity?.("ignored", { subject, subjectaltname } as tls.PeerCertificate);
        };
        expect(identity("DNS:prod.example.com", url.href)).to.equal(undefined);
        expect(identity("DNS:dr.example.com", url.href)).to.have.property("code", "ERR_TLS_CERT_ALTNAME_INVALID");
        expect(identity("IP Address:2001:DB8:0:0:0:0:0:1", "https://[2001:db8::1]")).to.equal(undefined);
        // The subject alone does not count, as in Go.
        const error = identity(undefined, url.href);
        expect(error?.message).to.equal("the server's certificate has no subject alternative name");
        expect(error && isDistrust(error)).to.equal(true);
    });

    for (const [code, distrust] of [
        ["CERT_HAS_EXPIRED", true], ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", true], ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", true],
        ["ECONNREFUSED", false], [undefined, false],
    ] as const) {
        it(`${distrust ? "is" : "is not"} what fails with ${code ?? "no code"}`, () => {
            expect(isDistrust(Object.assign(new Error("x"), code && { code }))).to.equal(distrust);
        });
    }
});

describe("the authorities of the machine", () => {
    const before = { ...process.env };
    const { platform } = process;
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "authorities-"))));
    afterEach(() => {
        rmSync(folder, { recursive: true });
        for (const name of ["SSL_CERT_FILE", "SSL_CERT_DIR"]) {
            if (before[name] === undefined) {
                delete process.env[name];
            } else {
                process.env[name] = before[name];
            }
        }
        Object.defineProperty(process, "platform", { value: platform });
    });

    /** The module, as a new run has it. */
    function fresh(): { readonly systemAuthorities: () => string | undefined } {
        const file = load.resolve("../../clusters/systemAuthorities");
        delete load.cache[file];
        return load(file) as ReturnType<typeof fresh>;
    }
    const write = (name: string, text: string) => {
        const file = path.join(folder, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text);
        return file;
    };
    const [one = "", two = "", three = ""] = tls.rootCertificates;

    it("are those of the file and the folders that the environment names, each once", () => {
        process.env.SSL_CERT_FILE = write("file.pem", `# a company's\n${one}\n${two}\n`);
        write("a/two.pem", two);
        write("a/text", "no certificate");
        write("b/three.pem", three);
        process.env.SSL_CERT_DIR = [path.join(folder, "a"), path.join(folder, "none"), path.join(folder, "b")].join(":");
        expect(fresh().systemAuthorities()).to.equal([one, two, three].join("\n"));
    });

    it("are those of the folders alone where the file cannot be read", () => {
        process.env.SSL_CERT_FILE = path.join(folder, "none");
        write("a/one.pem", one);
        process.env.SSL_CERT_DIR = path.join(folder, "a");
        expect(fresh().systemAuthorities()).to.equal(one);
    });

    it("are read once in a run", () => {
        process.env.SSL_CERT_FILE = write("file.pem", one);
        process.env.SSL_CERT_DIR = path.join(folder, "none");
        const { systemAuthorities } = fresh();
        expect(systemAuthorities()).to.equal(one);
        write("file.pem", two);
        expect(readFileSync(path.join(folder, "file.pem"), "utf8")).to.equal(two);
        expect(systemAuthorities()).to.equal(one);
    });

    for (const other of ["darwin", "win32"]) {
        it(`are what Node knows on ${other}, which has no such files`, () => {
            process.env.SSL_CERT_FILE = write("file.pem", one);
            Object.defineProperty(process, "platform", { value: other });
            const known = load("node:tls") as { getCACertificates?: (type: string) => string[] };
            const { getCACertificates: original } = known;
            try {
                known.getCACertificates = (type) => (type === "system" ? [two, three] : []);
                expect(fresh().systemAuthorities()).to.equal(`${two}\n${three}`);
                delete known.getCACertificates;
                expect(fresh().systemAuthorities()).to.equal(undefined);
            } finally {
                if (original === undefined) {
                    delete known.getCACertificates;
                } else {
                    known.getCACertificates = original;
                }
            }
        });
    }
});
