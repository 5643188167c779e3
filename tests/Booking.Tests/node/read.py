"""Reads an iCalendar file from stdin with python3-icalendar and tells what a calendar program understands of each event."""
import json
import sys

from icalendar import Calendar

calendar = Calendar.from_ical(sys.stdin.buffer.read())
json.dump([{
    "uid": str(event["UID"]), "sequence": int(event["SEQUENCE"]), "status": str(event["STATUS"]), "summary": str(event["SUMMARY"]),
    "location": str(event["LOCATION"]) if "LOCATION" in event else None,
    "start": event["DTSTART"].dt.isoformat(), "end": event["DTEND"].dt.isoformat(),
} for event in calendar.walk("VEVENT")], sys.stdout)
