namespace Wink.Client;

/// <summary>Something that happens on the way and that whoever waits may want to hear of. It never holds a secret.</summary>
public abstract record WinkEvent
{
    private protected WinkEvent()
    {
    }
}
