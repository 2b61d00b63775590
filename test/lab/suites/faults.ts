/** Faults of the network between hub and spoke, by Toxiproxy: `npm run test:faults`, and a job of its own in CI. */
import "../begin";
import "../lostAnswer";
import "../faults";
import "../secrets";
import "../end";
