import "../begin";
import "../applications";
