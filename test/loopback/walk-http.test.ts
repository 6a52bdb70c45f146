import { httpScenarios } from './rows/http.ts';
import { playScenarios } from './table.ts';

playScenarios('http', httpScenarios);
