import { dnsScenarios } from './rows/dns.ts';
import { playScenarios } from './table.ts';

playScenarios('dns', dnsScenarios);
