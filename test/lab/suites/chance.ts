/** Fifty runs of every command that changes the fleet, ended by SIGKILL or ^C at moments by chance: `npm run test:kills:random`. */
import "../begin";
import "../randomKills";
import "../secrets";
import "../end";
