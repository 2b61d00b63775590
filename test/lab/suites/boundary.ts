/** What a stolen hub, token or chart can do, each attack tried: `npm run test:boundary`, and a job of its own in CI. */
import "../begin";
import "../hubRights";
import "../defaultProject";
import "../boundary";
import "../adminPassword";
import "../signatures";
import "../egress";
import "../secrets";
import "../end";
