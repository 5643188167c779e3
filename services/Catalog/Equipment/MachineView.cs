namespace MedTourism.Catalog.Equipment;

public sealed record MachineView(string Id, string Kind, string Name, string Status, string StatusBasis, int Lanes, string[] Sources)
{
    public static MachineView Of(Machine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return new MachineView(machine.Id, machine.Kind, machine.Name, machine.Status, machine.StatusBasis, machine.Lanes, machine.Sources);
    }
}
