// Reads iCalendar files (a JSON array of strings) from stdin with ical.js and tells what a calendar program understands of each.
import ICAL from 'ical.js';

let input = '';
for await (const chunk of process.stdin) input += chunk;

const told = JSON.parse(input).map((text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const zones = calendar.getAllSubcomponents('vtimezone').map((zone) => new ICAL.Timezone(zone));
  const events = calendar.getAllSubcomponents('vevent');
  const event = new ICAL.Event(events[0]);
  const alarm = events[0].getFirstSubcomponent('valarm');
  const instant = (time) => {
    // The file's own zone must be enough: nothing is registered beforehand.
    const zone = zones.find((candidate) => candidate.tzid === time.timezone || candidate.tzid === time.zone?.tzid);
    if (zone) time.zone = zone;
    return new Date(time.toUnixTime() * 1000).toISOString();
  };
  return {
    method: calendar.getFirstPropertyValue('method'),
    events: events.length,
    uid: event.uid,
    sequence: event.sequence,
    status: events[0].getFirstPropertyValue('status'),
    summary: event.summary,
    location: event.location,
    description: event.description,
    url: events[0].getFirstPropertyValue('url'),
    start: instant(event.startDate),
    end: instant(event.endDate),
    tzid: events[0].getFirstProperty('dtstart').getParameter('tzid'),
    alarm: alarm?.getFirstPropertyValue('trigger').toString() ?? null,
  };
});
process.stdout.write(JSON.stringify(told));
