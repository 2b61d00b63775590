import "../begin";
import "../namespaces";
import "../adminPassword";
import "../signatures";
import "../end";
