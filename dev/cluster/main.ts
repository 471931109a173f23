// Runs the stand-in by itself: `node dev/cluster/main.ts`, with PORT and TOKEN from the environment.
import { startCluster } from "./server.ts";

const { PORT = "8001", TOKEN } = process.env;
const cluster = await startCluster({ port: Number(PORT), ...(TOKEN !== undefined && { token: TOKEN }) });
console.log(JSON.stringify({ event: "listening", url: cluster.url }));

const stop = () => void cluster.close();
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
