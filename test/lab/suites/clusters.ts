/**
 * Clusters that are not like the lab's: kubeconfigs, addresses, values of every form, and registrations of other tools:
 * `npm run test:clusters`, and a job of its own in CI.
 */
import "../begin";
import "../kubeconfigs";
import "../connection";
import "../earlierUrl";
import "../comparison";
import "../strangers";
import "../settingValues";
import "../adoption";
import "../secrets";
import "../end";
