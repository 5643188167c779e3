// Reads iCalendar files (a JSON array of strings) from stdin with ical.js and tells what a calendar program understands of each event.
import ICAL from 'ical.js';

let input = '';
for await (const chunk of process.stdin) input += chunk;

const told = JSON.parse(input).flatMap((text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const zones = calendar.getAllSubcomponents('vtimezone').map((zone) => new ICAL.Timezone(zone));
  const events = calendar.getAllSubcomponents('vevent');
  const instant = (time) => {
    // The file's own zone must be enough: nothing is registered beforehand.
    const zone = zones.find((candidate) => candidate.tzid === time.timezone || candidate.tzid === time.zone?.tzid);
    if (zone) time.zone = zone;
    return new Date(time.toUnixTime() * 1000).toISOString();
  };
  return events.map((part) => {
    const event = new ICAL.Event(part);
    return {
      method: calendar.getFirstPropertyValue('method'),
      events: events.length,
      uid: event.uid,
      sequence: event.sequence,
      status: part.getFirstPropertyValue('status'),
      summary: event.summary,
      location: event.location,
      description: event.description,
      url: part.getFirstPropertyValue('url'),
      start: instant(event.startDate),
      end: instant(event.endDate),
      tzid: part.getFirstProperty('dtstart').getParameter('tzid'),
      alarm: part.getFirstSubcomponent('valarm')?.getFirstPropertyValue('trigger').toString() ?? null,
    };
  });
});
process.stdout.write(JSON.stringify(told));
