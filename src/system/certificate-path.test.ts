import { describe, expect, it } from 'vitest';
import { judgePath } from './certificate-path.ts';

describe('judgePath', () => {
  it('without any certificate there is no trust', () => {
    expect(judgePath([], { withSubject: () => [] }, 0)).toEqual({ trusted: false, code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' });
  });
});
