import "../begin";
import "../namespaces";
import "../adminPassword";
import "../end";
