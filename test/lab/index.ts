/**
 * The lab, from nothing to nothing. The suites share one lab and run in this order; each leaves it as it found it,
 * but for the last.
 */
import "./begin";
import "./delivery";
import "./chart";
import "./namespaces";
import "./credentials";
import "./hub";
import "./state";
import "./backup";
import "./policy";
import "./protection";
import "./badInput";
import "./promotion";
import "./manifests";
import "./recovery";
import "./rotation";
import "./secrets";
import "./providerKubernetes";
import "./providerHelm";
import "./exit";
