namespace Wink.Sandbox;

/// <summary>The faults that are still to happen, in the order in which they were added.</summary>
public sealed class FaultPlan
{
    private readonly object _gate = new();
    private readonly List<(Fault Fault, int Left)> _pending = [];

    public void Add(Fault fault)
    {
        lock (_gate)
            _pending.Add((fault, fault.Times));
    }

    /// <summary>Removes those of one application.</summary>
    public void Clear(string applicationId)
    {
        lock (_gate)
            _pending.RemoveAll(pending => pending.Fault.ApplicationId == applicationId);
    }

    public void Clear()
    {
        lock (_gate)
            _pending.Clear();
    }

    /// <summary>The fault for this request, or null.</summary>
    public Fault? Next(Operation operation, string path)
    {
        lock (_gate)
        {
            var index = _pending.FindIndex(pending => pending.Fault.Operation == operation && Concerns(pending.Fault, path));
            if (index < 0)
                return null;

            var (fault, left) = _pending[index];
            if (left == 1)
                _pending.RemoveAt(index);
            else
                _pending[index] = (fault, left - 1);

            return fault;
        }
    }

    private static bool Concerns(Fault fault, string path) => fault.ApplicationId is null || path.Split('/').Contains(fault.ApplicationId);
}
