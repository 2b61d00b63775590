import { expect } from "chai";
import type { ApplicationRow, ClusterRow } from "../argocd";
import { controllers } from "../argocd/components";
import { availableStatus } from "../fleet/available";
import { refuseTooMany } from "../fleet/memory";
import { fleetNames } from "../fleet/names";
import { fleetSummary } from "../fleet/summary";

describe("the memory for lean control planes", () => {
    it("is enough for the number that the error names, and not for one more", () => {
        const most = Number(/Write at most (\d+)/.exec(messageOf(() => refuseTooMany(999, 10_000)))?.[1]);
        expect(most).to.be.greaterThan(10);
        expect(() => refuseTooMany(most, 10_000)).not.to.throw();
        expect(() => refuseTooMany(most + 1, 10_000)).to.throw("--clusters");
    });

    it("is not asked for where none is to be started", () => {
        expect(() => refuseTooMany(0, 100)).not.to.throw();
    });
});

describe("the stand-in for the Deployment controllers", () => {
    const metadata = { name: "agent", namespace: "agent", generation: 2 };

    it("reports all replicas of the present generation as available", () => {
        const patch = availableStatus({ metadata, spec: { replicas: 3 }, status: { observedGeneration: 1 } });
        expect(patch?.path).to.equal("/apis/apps/v1/namespaces/agent/deployments/agent/status");
        expect(patch?.body.status).to.include({ observedGeneration: 2, updatedReplicas: 3, availableReplicas: 3 });
    });

    it("writes nothing where that is reported already, or where the watch tells of something else", () => {
        expect(availableStatus({ metadata, status: { observedGeneration: 2 } })).to.equal(undefined);
        expect(availableStatus({ metadata: {} })).to.equal(undefined);
        expect(availableStatus({})).to.equal(undefined);
    });
});

describe("the summary of the lean control planes", () => {
    const names = fleetNames(3);
    const cluster = (name: string, connection = "Successful") => ({ name, connection }) as ClusterRow;
    const application = (of: string, health = "Healthy") => {
        return { name: `agent-${of}`, cluster: of, sync: "Synced", health } as ApplicationRow;
    };

    it("takes the place of the rows of those that are well", () => {
        const clusters = [cluster("staging"), ...names.map((name) => cluster(name))];
        const applications = [application("staging"), ...names.map((name) => application(name))];
        const { line, others } = fleetSummary(clusters, applications, names, []);
        expect(line).to.equal(
            "3 lean control planes, spoke-001 to spoke-003: 3 run, Argo CD is connected to 3; " +
                "3 of 3 Applications Synced and Healthy\n",
        );
        expect(others).to.deep.equal({ clusters: [clusters[0]], applications: [applications[0]] });
    });

    it("leaves the rows of those that are not", () => {
        const clusters = [cluster("spoke-001"), cluster("spoke-002", "Failed"), cluster("spoke-003")];
        const applications = [application("spoke-001"), application("spoke-002"), application("spoke-003", "Degraded")];
        const { line, others } = fleetSummary(clusters, applications, names, ["spoke-002"]);
        expect(line).to.include("2 run, Argo CD is connected to 2; 2 of 3 Applications");
        expect(others).to.deep.equal({ clusters: [clusters[1]], applications: [applications[2]] });
    });

    it("is not there where there are none", () => {
        expect(fleetSummary([cluster("staging")], [], [], []).line).to.equal("");
    });
});

describe("the shards of the application controller", () => {
    it("are processes of one workload, of which each knows the number of all and its own", () => {
        const shards = controllers(3);
        expect(shards.map(({ name }) => name)).to.deep.equal([
            "argocd-application-controller",
            "argocd-application-controller-1",
            "argocd-application-controller-2",
        ]);
        expect(shards.map(({ workload }) => workload)).to.deep.equal(Array(3).fill("argocd-application-controller"));
        const known = shards.map(({ env }) => [env?.ARGOCD_CONTROLLER_REPLICAS, env?.ARGOCD_CONTROLLER_SHARD]);
        expect(known).to.deep.equal([["3", "0"], ["3", "1"], ["3", "2"]]);
    });

    it("are one process without a number of its own where there is one: it takes every cluster", () => {
        const [only, ...others] = controllers(1);
        expect(others).to.deep.equal([]);
        expect(only?.env).to.include({ ARGOCD_CONTROLLER_REPLICAS: "1" });
        expect(only?.env).not.to.have.property("ARGOCD_CONTROLLER_SHARD");
    });
});

function messageOf(work: () => void): string {
    try {
        work();
    } catch (error) {
        return (error as Error).message;
    }
    return "";
}
