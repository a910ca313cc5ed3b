import { describe, expect, it } from 'vitest';
import { redactCredentials } from './redact-credentials.ts';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_x';

describe('a credential', () => {
  it.each([
    ['user and password of an address', 'cannot reach postgres://ann:pa55@host:5432/db', 'pa55'],
    ['a password with an at sign', 'postgres://ann:pa@55@host/db', 'pa@55'],
    ['a token of an address', 'git clone https://ghp_token@github.com/x', 'ghp_token'],
    ['a password in an address of Azure', 'abfss://ann:pa55@account.dfs.core.windows.net/', 'pa55'],
    ['the signature of a presigned address', 'GET https://b.s3/k?X-Amz-Date=1&X-Amz-Signature=deadbeef&x=1', 'deadbeef'],
    ['the session token of a presigned address', '?X-Amz-Security-Token=IQoJb3%2F%2F&x', 'IQoJb3'],
    ['the key id of a presigned address', '?X-Amz-Credential=AKIDEXAMPLE%2F2026', 'AKIDEXAMPLE'],
    ['an address inside of another one', 'url=https%3A%2F%2Fb%2Fk%3FX-Amz-Signature%3Ddeadbeef', 'deadbeef'],
    ['an old presigned address', '?AWSAccessKeyId=AKID&Expires=1&Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D', 'vjbyPxyb'],
    ['its key id', '?AWSAccessKeyId=AKIDx&Expires=1', 'AKIDx'],
    ['a presigned address of Google', '?X-Goog-Credential=me%40p&X-Goog-Signature=abc123', 'abc123'],
    ['a shared access signature of Azure', 'https://a.blob/c?sv=2024&se=1&sig=a%2Fb%3D', 'a%2Fb'],
    ['an authorization header', 'authorization: Bearer abc.def.ghi', 'abc.def'],
    ['a signed authorization header', 'Authorization: AWS4-HMAC-SHA256 Credential=AK/1, Signature=deadbeef', 'deadbeef'],
    ['a header as JSON', '{"headers":{"Authorization":"Basic YW5uOnBhNTU="}}', 'YW5u'],
    ['a header as JSON in JSON', String.raw`{"log":"{\"Authorization\":\"Token abc\"}"}`, 'abc'],
    ['a header as Node shows it', `headers: { Authorization: 'Bearer abcdefgh1', host: 'x' }`, 'abcdefgh1'],
    ['a bearer token in a sentence', 'sent Bearer 0123456789abcdef', '0123456789abcdef'],
    ['an account key', 'AccountName=a;AccountKey=Zm9vYmFyYmF6==;EndpointSuffix=x', 'Zm9vYmFy'],
    ['an account key of Hadoop', 'fs.azure.account.key.lake.dfs.core.windows.net=Zm9vYmFy', 'Zm9vYmFy'],
    ['keys of S3 in a catalog', 's3.access-key-id=AKID, s3.secret-access-key=wJalr, s3.session-token=tok1', 'wJalr'],
    ['a key of Hadoop', 'fs.s3a.secret.key=wJalr', 'wJalr'],
    ['a connection string', 'Server=x;User=ann;Password=pa55;Database=y', 'pa55'],
    ['a quoted password', 'host=x password="pa 55" user=ann', 'pa 55'],
    ['a password in single quotes', "password='pa 55' user=ann", 'pa 55'],
    ['a password as JSON', '{"user":"ann","password":"pa 55"}', 'pa 55'],
    ['a key as XML', '<AWSAccessKeyId>AKIDx</AWSAccessKeyId>', 'AKIDx'],
    ['a key id of AWS alone', 'the key AKIAIOSFODNN7EXAMPLE is unknown', 'AKIAIOSFODNN7EXAMPLE'],
    ['a token of its own form', `got ${jwt} back`, jwt],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----', 'MIIEow'],
    ['a private key in one line', String.raw`"-----BEGIN PRIVATE KEY-----\nMIIEow\n-----END PRIVATE KEY-----\n"`, 'MIIEow'],
    ['a private key that is cut', '-----BEGIN PRIVATE KEY-----\nMIIEow', 'MIIEow'],
    ['a cookie', 'set-cookie: session=abc; Path=/', 'session=abc'],
    ['a client secret', 'grant_type=client_credentials&client_secret=s3cr3t&scope=x', 's3cr3t'],
    ['an API key', 'x-api-key: k123', 'k123'],
  ])('is taken out of a text: %s', (_, text, credential) => {
    expect(text).toContain(credential);
    const clean = redactCredentials(text);
    expect(redactCredentials(clean)).toBe(clean);
    expect(clean).not.toContain(credential);
    expect(clean).toContain('[redacted]');
  });

  it('goes alone: what stands around it stays', () => {
    expect(redactCredentials('GET https://b/k?X-Amz-Signature=dead&part=1 failed: 403')).toBe(
      'GET https://b/k?X-Amz-Signature=[redacted]&part=1 failed: 403',
    );
    expect(redactCredentials('postgres://ann:pa55@host/db is down')).toBe('postgres://[redacted]@host/db is down');
    expect(redactCredentials('Server=x;Password=pa55;Database=y')).toBe('Server=x;Password=[redacted];Database=y');
  });
});

describe('a text without credentials', () => {
  it.each([
    'file:///landing/orders.csv line 4: "12,50" does not fit decimal(12,2)',
    'abfss://container@account.dfs.core.windows.net/orders/a.csv has 3 rows',
    'Column "password" is text, column "signature" too.',
    'Basic authentication failed; the bearer of this has to log in.',
    'https://example.org/a@b/c?x=1&y=2',
    'mail ann@example.org about the signature of the file',
    'the design: sig is short for signature',
  ])('stays as it is: %s', (text) => {
    expect(redactCredentials(text)).toBe(text);
  });
});

describe('the time that it takes', () => {
  it.each([
    'password=',
    'password="',
    '://',
    '://a:',
    'a:a',
    '@',
    'Bearer ',
    'eyJ',
    'eyJaaaaaaaa.',
    '-----BEGIN PRIVATE KEY-----',
    'authorization:',
    'sig\\"',
    'sig   ',
    'AKIA',
    'account.key.a.',
  ])('is linear in the text: a million times %s', (piece) => {
    // Anything worse than linear would take hours.
    const text = piece.repeat(1_000_000 / piece.length);
    expect(redactCredentials(text).length).toBeGreaterThan(0);
    expect(redactCredentials(`${text}x`.repeat(2)).length).toBeGreaterThan(0);
  });
});
