import { serveProvider } from "../plugin";
import { KubernetesProvider } from "./provider";
import { providerVersion } from "./version";

serveProvider((log) => new KubernetesProvider(log), providerVersion);
