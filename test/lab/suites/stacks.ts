/**
 * Stacks, credentials and what stands on the clusters: a lab from nothing to nothing. The suites share it and run in
 * this order; each leaves it as it found it, but for the last.
 */
import "../alertRules";
import "../fleetQueries";
import "../workflows";
import "../begin";
import "../chart";
import "../namespaces";
import "../credentials";
import "../logs";
import "../hub";
import "../state";
import "../policy";
import "../protection";
import "../badInput";
import "../together";
import "../exit";
import "../secrets";
import "../end";
