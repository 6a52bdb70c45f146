import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { WalkReport } from '../../src/model/walk-report.ts';
import { runCommand } from './command.ts';

let running: Server | null = null;
afterEach(() => {
  running?.closeAllConnections();
  running?.close();
  running = null;
});

/** A site on loopback, and the requests for its page that reached it: the number of the connection each came over. */
async function site(answer: RequestListener): Promise<{ url: string; asked: number[] }> {
  const asked: number[] = [];
  const numbers = new Map<unknown, number>();
  running = createServer((request, response) => {
    const known = numbers.get(request.socket) ?? numbers.size;
    numbers.set(request.socket, known);
    if (request.url === '/page') asked.push(known);
    answer(request, response);
  });
  await new Promise<void>((resolve) => running!.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(running.address() as AddressInfo).port}/page`, asked };
}

const ok: RequestListener = (_, response) => {
  response.setHeader('Content-Type', 'text/html');
  response.end('<!doctype html><title>Shop</title><p>Everything is in its place, and there is enough to read here.</p>');
};

async function walked(url: string, ...more: string[]): Promise<WalkReport> {
  return JSON.parse((await runCommand([url, '--json', '--no-proxy', ...more])).stdout) as WalkReport;
}

const warmOf = (report: WalkReport) => report.evidence.find((one) => one.kind === 'http.warm-run');

describe('the same request once more', () => {
  it('is made on the kept connection when the life of the request is told, and timed', async () => {
    const { url, asked } = await site(ok);
    const report = await walked(url, '--explain');
    expect(asked).toEqual([0, 0]);
    const warm = warmOf(report);
    expect(warm).toMatchObject({
      status: 200,
      outcome: 'answered',
      connection: report.evidence.find((one) => one.kind === 'http.request-sent')!.connection,
    });
    expect(warm!.durationMs).toBeGreaterThan(0);
    expect(report.verdict.status).toBe('ok');
    // The cold run is what the report is about.
    expect(report.timings.totalMs).toBeLessThanOrEqual(report.durationMs);
    const text = await runCommand([url, '--no-proxy', '--explain']);
    expect(text.stdout.replaceAll(/\s+/g, ' ')).toMatch(/Measured: cold [\d.]+ ms; the same request on the kept connection [\d.]+ ms/);
  });

  it('is not made otherwise', async () => {
    const { url, asked } = await site(ok);
    expect(warmOf(await walked(url))).toBeUndefined();
    expect(asked).toEqual([0]);
    await walked(url, '--explain', '--method', 'POST');
    expect(asked).toHaveLength(2);
  });

  it('is not made where the server closes the connection', async () => {
    const { url, asked } = await site((request, response) => {
      response.setHeader('Connection', 'close');
      ok(request, response);
    });
    const report = await walked(url, '--explain');
    expect(warmOf(report)).toBeUndefined();
    expect(asked).toEqual([0]);
    expect(report.verdict.status).toBe('ok');
  });

  it('changes no verdict when the kept connection ends or stays silent', async () => {
    for (const second of ['end', 'silence'] as const) {
      let count = 0;
      const { url } = await site((request, response) => {
        count += 1;
        if (count !== 2) ok(request, response);
        else if (second === 'end') request.socket.destroy();
      });
      const report = await walked(url, '--explain', '--timeout', '1');
      expect(warmOf(report)?.outcome).toBe(second === 'end' ? 'ended' : 'silent');
      expect(report.verdict.status).toBe('ok');
      running?.closeAllConnections();
      running?.close();
    }
  });
});
