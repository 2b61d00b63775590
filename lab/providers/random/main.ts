import { version } from "@pulumi/random/package.json";
import { serveProvider } from "../plugin";
import { RandomProvider } from "./provider";

serveProvider(() => new RandomProvider(), version);
