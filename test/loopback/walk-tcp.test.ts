import { tcpScenarios } from './rows/tcp.ts';
import { playScenarios } from './table.ts';

playScenarios('tcp', tcpScenarios);
