// Writes Locales/PluralRules.cs from CLDR (npm run plurals).
import { readFileSync } from 'node:fs';

const cultures = ['en', 'ru', 'kk', 'fr', 'ar'];
const cldr = JSON.parse(readFileSync(new URL('../node_modules/cldr-core/supplemental/plurals.json', import.meta.url)));
const rules = cldr.supplemental['plurals-type-cardinal'];
const version = JSON.parse(readFileSync(new URL('../node_modules/cldr-core/package.json', import.meta.url))).version;

// The exponent e of compact numbers ("1c6") is always 0 here, which decides its two conditions.
const range = (left, list) => list.split(',').map(part => {
  const [low, high] = part.trim().split('..');
  return high === undefined ? `${left} is ${low}` : `${left} is >= ${low} and <= ${high} && ${left} % 1 == 0`;
});
const relation = text => {
  const [, left, sign, list] = /^(.+?)\s*(!?=)\s*(.+)$/.exec(text.trim());
  if (left === 'e') return sign === '=' ? 'true' : 'false';
  const tests = range(left.includes('%') ? `(${left})` : left, list).map(x => x.includes('&&') ? `(${x})` : x);
  const any = tests.length > 1 ? `(${tests.join(' || ')})` : tests[0];
  return sign === '=' ? any : `!(${any})`;
};
const conjunction = text => {
  const tests = text.split(' and ').map(relation).filter(x => x !== 'true');
  return tests.includes('false') ? null : tests.join(' && ');
};
const condition = text => text.split('@')[0].trim() && text.split('@')[0].trim().split(' or ').map(conjunction).filter(Boolean)
  .map((x, _, all) => all.length > 1 ? `(${x})` : x).join(' || ');

const body = cultures.map(culture => {
  const tests = Object.entries(rules[culture])
    .map(([key, text]) => [key.replace('pluralRule-count-', ''), condition(text)])
    .filter(([, test]) => test);
  return `        "${culture}" => ${tests.map(([name, test]) => `${test} ? "${name}"\n            : `).join('')}"other",`;
}).join('\n');
const categories = cultures.map(culture =>
  `        ["${culture}"] = [${Object.keys(rules[culture]).map(k => `"${k.replace('pluralRule-count-', '')}"`).join(', ')}],`).join('\n');

process.stdout.write(`// Generated from cldr-core ${version} by Locales/plurals.mjs (npm run plurals). Do not edit.
namespace MedTourism.Web.Locales;

/// <summary>The plural category of a number in each language of the site, as Unicode CLDR defines it.</summary>
public static class PluralRules
{
    public static readonly IReadOnlyDictionary<string, string[]> Categories = new Dictionary<string, string[]>
    {
${categories}
    };

    public static string Category(string language, decimal number)
    {
        // CLDR's operands: n the absolute value, i its whole part, v the number of digits shown after the point.
        var n = Math.Abs(number);
        var i = Math.Truncate(n);
        var v = (decimal.GetBits(number)[3] >> 16) & 0x7F;
        return Choose(language, n, i, v);
    }

    private static string Choose(string language, decimal n, decimal i, int v) => language switch
    {
${body}
        _ => "other",
    };
}
`);
