// Reads an iCalendar file from stdin with ical.js and tells what a calendar program understands of each event.
import ICAL from 'ical.js';

let input = '';
for await (const chunk of process.stdin) input += chunk;

const calendar = new ICAL.Component(ICAL.parse(input));
const instant = (time) => new Date(time.toUnixTime() * 1000).toISOString();
process.stdout.write(JSON.stringify(calendar.getAllSubcomponents('vevent').map((part) => {
  const event = new ICAL.Event(part);
  return {
    uid: event.uid, sequence: event.sequence, status: part.getFirstPropertyValue('status'), summary: event.summary,
    location: event.location ?? null, start: instant(event.startDate), end: instant(event.endDate),
  };
})));
