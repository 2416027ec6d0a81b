// dist.js DIR [QUALITY]: makes the site's files in DIR fit for any static host. Every file but the pages gets a name
// with a hash of what it holds, so that it can be cached for ever; what refers to it says the new name. Beside each
// file stand a .br (brotli of QUALITY, 11 if not given) and a .gz, for hosts that send them. References are names in
// quotes, relative to the page: DIR works at any path.
const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');
const { createHash } = require('node:crypto');

const [dir, quality = '11'] = process.argv.slice(2);
const pages = /\.html$/, texts = /\.(html|js|css|svg)$/;
const names = fs.readdirSync(dir).sort();
const renamed = new Map();
const under = new Set(); // files whose references are being renamed

// rename gives a file its final name, after all that it refers to.
function rename(name) {
  if (renamed.has(name)) return renamed.get(name);
  if (under.has(name)) throw new Error(`${name} refers to itself, through ${[...under].join(', ')}`);
  under.add(name);
  let body = fs.readFileSync(path.join(dir, name));
  if (texts.test(name)) {
    body = Buffer.from(body.toString().replace(/(["'])([\w.-]+)\1/g, (all, quote, other) =>
      names.includes(other) && other !== name && !pages.test(other) ? quote + rename(other) + quote : all));
  }
  under.delete(name);
  const { name: stem, ext } = path.parse(name);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 10);
  const final = pages.test(name) ? name : `${stem}.${hash}${ext}`;
  fs.rmSync(path.join(dir, name));
  fs.writeFileSync(path.join(dir, final), body);
  fs.writeFileSync(path.join(dir, final + '.gz'), zlib.gzipSync(body, { level: 9 }));
  fs.writeFileSync(path.join(dir, final + '.br'), zlib.brotliCompressSync(body, { params: {
    [zlib.constants.BROTLI_PARAM_QUALITY]: Number(quality),
    [zlib.constants.BROTLI_PARAM_LGWIN]: 24,
    [zlib.constants.BROTLI_PARAM_SIZE_HINT]: body.length,
  } }));
  renamed.set(name, final);
  return final;
}

names.forEach(rename);
