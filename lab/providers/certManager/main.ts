import { main } from "@pulumi/pulumi/provider";
import { CertManagerProvider } from "./provider";

void main(new CertManagerProvider(), process.argv.slice(2));
