import { tlsScenarios } from './rows/tls.ts';
import { playScenarios } from './table.ts';

playScenarios('tls', tlsScenarios);
