// SPDX-License-Identifier: BSL-1.0
// compose.js MEGABYTES: the same message as compose.cpp's, composed by nodemailer.
const { Readable } = require('stream');
const MailComposer = require('nodemailer/lib/mail-composer');

const megabytes = Number(process.argv[2]);
const block = Buffer.alloc(65536, 'x');
function* log() {
  for (let left = megabytes * 1000000; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
}

const mail = new MailComposer({
  from: 'mote17@example.org',
  to: 'ops@example.org',
  subject: 'log',
  text: 'as asked\n',
  attachments: [{ filename: 'log.bin', content: Readable.from(log()) }],
});
const began = process.hrtime.bigint();
mail.compile().createReadStream().on('data', () => {}).on('end', () => {
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const memory = Math.round(process.resourceUsage().maxRSS);
  const speed = (megabytes / seconds).toFixed(0).padStart(6);
  console.log(`nodemailer   ${String(megabytes).padStart(3)} MB ${speed} MB/s, ${memory} KB of memory`);
});
