import { parentPort, workerData } from 'node:worker_threads';
import { NetNamespaces } from '../kernel/net-namespace.ts';
import { type Direction, Forwarder } from './forwarder.ts';

const forwarder = new Forwarder(new NetNamespaces('client'), workerData as Direction[]);
parentPort?.postMessage('ready');
forwarder.run();
