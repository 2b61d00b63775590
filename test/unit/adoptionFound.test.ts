import { expect } from "chai";
import type { Application } from "../../clusters/applications";
import type { Registration } from "../../clusters/registrations";
import { findAdoptions } from "../../preflight/adoption";
import { checked } from "../../scripts/doctor/program";
import { parseSettings } from "../../settings";
import type { EnvironmentSettings } from "../../settings/environment";
import { hubApplications } from "./support/applications";
import { failure } from "./support/failure";
import { mockPulumi } from "./support/mocks";
import { registration } from "./support/registration";

const stack = "organization/hubspoke/staging";
const labels = { deploy: "true", environment: "staging", region: "eu" };
const url = "https://staging.example.com";
const wide = { scope: "cluster", admin: true };
const shop: Application = { metadata: { name: "shop" }, spec: { destination: { name: "staging", namespace: "shop" } } };
const beside: Application = { metadata: { name: "beside" }, spec: { destination: { name: "prod", namespace: "beside" } } };

const copies = {
    "kubectl.kubernetes.io/last-applied-configuration": "{}",
    "kapp.k14s.io/original": '{"kind":"Secret"}',
    owner: "team-a",
};
const aboutCopies =
    "hubspoke:clusters.staging.clusterSecret: Secret by-hand has a copy of its old credential in the annotation " +
    "kubectl.kubernetes.io/last-applied-configuration, kapp.k14s.io/original, which an import would put into the state. " +
    "npm run adopt -- staging removes it, or: kubectl --namespace argocd annotate secret by-hand " +
    "kubectl.kubernetes.io/last-applied-configuration- kapp.k14s.io/original-";
const aboutShop =
    "hubspoke:clusters.staging.permissions: Application shop delivers to namespace shop, but Argo CD would manage agent " +
    "only. Move it, or ";

/** Finds the adoptions of an environment with the cluster staging. */
function find(existing: readonly Registration[], given: object = {}, applications: readonly Application[] = []) {
    const spoke = { context: "staging", clusterSecret: "by-hand", labels: { region: "eu" }, ...given };
    const clusters = { staging: spoke };
    const environment = { role: "environment", environment: "staging", hub: { context: "hub" }, clusters };
    const settings = parseSettings(environment) as EnvironmentSettings;
    const hub = { domain: "example.com", applications: hubApplications() };
    const candidates = [{ name: "staging", server: url, settings, hub }];
    return findAdoptions(candidates, existing, stack, () => Promise.resolve(applications));
}

describe("the adoptions of an environment", () => {
    beforeEach(mockPulumi);
    const byHand = (more: Partial<Registration> = {}) => registration({ secret: "by-hand", labels, ...more });

    it("are the registrations that the settings name", async () => {
        expect(await find([byHand()], {}, [beside])).to.deep.equal({ staging: { secret: "by-hand" } });
        expect(await find([])).to.deep.equal({});
        expect(await find([byHand({ stack })])).to.deep.equal({});
    });

    it("are refused with each difference, and each Application out of reach, on its line", async () => {
        const other = byHand({ labels: { ...labels, region: "us" } });
        expect(await failure(find([other], {}, [shop, beside]))).to.equal(
            `${aboutShop}write \`scope: cluster\` with the kinds, and \`namespaces: [shop]\`\n` +
                '  hubspoke:clusters.staging.labels.region: is "eu", but the registration to adopt (Secret by-hand) has "us". ' +
                'Write `labels.region: "us"`',
        );
    });

    it("come with a look at Applications out of reach of a wide account, on a registered cluster too", async () => {
        const own = [byHand({ stack })];
        expect(await find(own, {}, [shop])).to.deep.equal({});
        expect(await failure(find(own, { permissions: wide }, [shop]))).to.equal(`${aboutShop}write \`namespaces: [shop]\``);
    });

    it("do not put a copy of the old credential into the state: the preview warns, and `up` refuses", async () => {
        const { facts, warnings } = await checked(stack, () => find([byHand({ annotations: copies })]));
        expect({ facts, warnings }).to.deep.equal({ facts: { staging: { secret: "by-hand" } }, warnings: [aboutCopies] });
        await mockPulumi();
        expect(await failure(find([byHand({ annotations: copies })]))).to.equal(aboutCopies);
    });

    it("tell of no copy where there is none", async () => {
        const plain = await checked(stack, () => find([byHand({ annotations: { owner: "team-a" } })]));
        expect(plain.warnings).to.deep.equal([]);
    });

    it("are refused where the named Secret is of another stack or another tool's cluster, with what it is", async () => {
        const at = 'hubspoke:clusters.staging.clusterSecret: Secret by-hand registers "';
        const remedy = "Remove the setting, or name this cluster's own Secret";
        expect(await failure(find([byHand({ stack: "organization/hubspoke/prod" })]))).to.equal(
            `${at}staging" at ${url} for stack organization/hubspoke/prod. ${remedy}`,
        );
        expect(await failure(find([byHand({ cluster: "dr", server: "https://dr.example.com" })]))).to.equal(
            `${at}dr" at https://dr.example.com. ${remedy}`,
        );
    });
});
