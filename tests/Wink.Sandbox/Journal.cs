namespace Wink.Sandbox;

/// <summary>Every request that arrived, in order.</summary>
public sealed class Journal
{
    private readonly object _gate = new();
    private readonly List<RecordedRequest> _requests = [];

    public IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (_gate)
                return [.. _requests];
        }
    }

    public IReadOnlyList<RecordedRequest> Of(Operation operation) => [.. Requests.Where(request => request.Operation == operation)];

    public void Add(RecordedRequest request)
    {
        lock (_gate)
            _requests.Add(request);
    }

    public void Clear()
    {
        lock (_gate)
            _requests.Clear();
    }
}
