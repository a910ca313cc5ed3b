import { describe, expect, it } from 'vitest';
import { SHARED_SETTINGS } from './shared-spark.ts';
import { isShareable } from './shared-spark-session.ts';

describe('the settings of a session in a shared Spark', () => {
  const catalog = { 'spark.sql.catalog.calve': 'org.apache.iceberg.spark.SparkCatalog', 'spark.sql.catalog.calve.type': 'jdbc' };

  it('are those of catalogs, beside the extensions that all have', () => {
    expect(isShareable({ ...SHARED_SETTINGS, ...catalog })).toBe(true);
  });

  it.each([
    ['defaults of a host', { ...SHARED_SETTINGS, ...catalog, 'spark.sql.ansi.enabled': 'false' }],
    ['another extension', { ...catalog, 'spark.sql.extensions': 'org.example.Other' }],
    ['none of the extensions, so that none may be lent to it', catalog],
    ['more memory', { ...SHARED_SETTINGS, 'spark.driver.memory': '4g' }],
  ])('are not %s', (_what, conf) => {
    expect(isShareable(conf)).toBe(false);
  });
});
