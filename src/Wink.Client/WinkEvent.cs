namespace Wink.Client;

/// <summary>Something that happens during an operation and that its caller may want to show. It never contains a secret.</summary>
public abstract record WinkEvent
{
    private protected WinkEvent()
    {
    }
}
