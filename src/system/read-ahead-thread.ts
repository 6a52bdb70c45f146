import { parentPort } from 'node:worker_threads';
import { type PiecesPlan, SharedPieces } from './shared-pieces.ts';

/** What runs beside the main thread: works on every file it is told of. Built into a file of its own by `scripts/one-file.mjs`. */
parentPort?.on('message', (plan: PiecesPlan) => new SharedPieces(plan).work());
