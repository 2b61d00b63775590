/** The lab's stand-ins for Pulumi's official plugins: `npm run test:standins`, and a job of its own in CI. */
import "../begin";
import "../providerKubernetes";
import "../providerHelm";
import "../secrets";
import "../end";
