using System.Globalization;
using MedTourism.Booking.Courses.Decisions;

namespace MedTourism.Benchmarks;

/// <summary>One instance of the course benchmark (the format of Pham et al. 2023, doi 10.1287/ijoc.2023.1289): what is planned, and who arrives in which order.</summary>
internal sealed record CourseInstance(string Name, int Machines, int Capacity, int Days, IReadOnlyList<(int Day, int Machine, int Slots)> Planned, IReadOnlyList<(string Id, CourseDemand Course)> Arrivals)
{
    // Courses may start up to the end of the file's scope and run on after it.
    private const int Beyond = 120;

    public string Setting => Name.LastIndexOf('-') is var at and > 0 ? Name[..at] : Name;

    public static CourseInstance Read(string path)
    {
        Dictionary<string, int> header = new(StringComparer.Ordinal);
        List<(int, int, int)> planned = [];
        List<(string, CourseDemand)> arrivals = [];
        var section = "";
        foreach (var line in File.ReadLines(path).Select(line => line.Trim().Replace(',', ';')).Where(line => line.Length > 0))
        {
            var cells = line.Split(';');
            if (cells[0] is "index" or "day" or "fixed appointment")
            {
                section = cells[0];
            }
            else if (section == "index")
            {
                var arrival = Number(cells[6]);
                // Courses with an arrival before day 0 are in the plan already.
                if (arrival >= 0)
                {
                    arrivals.Add((cells[0], new(Number(cells[4].TrimStart('P')), arrival, Math.Max(arrival, Number(cells[7])), Number(cells[8]), Number(cells[5]), Number(cells[9]))));
                }
            }
            else if (section == "day")
            {
                planned.Add((Number(cells[0]), Number(cells[1]), Number(cells[4]) - Number(cells[3]) + 1));
            }
            else if (cells.Length > 1 && int.TryParse(cells[1], CultureInfo.InvariantCulture, out var value))
            {
                header[cells[0]] = value;
            }
        }

        return new(Path.GetFileNameWithoutExtension(path), header["K"], header["S"], header["scope in days"] + Beyond, planned, arrivals);
    }

    public MachineDays Plan()
    {
        var machines = new MachineDays(Days, Machines, Capacity);
        foreach (var (day, machine, slots) in Planned)
        {
            machines.Occupy(day, machine, slots);
        }

        return machines;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
