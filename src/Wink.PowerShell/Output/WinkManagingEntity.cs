using Wink.Client;

namespace Wink.PowerShell;

/// <summary>A managing entity, which owns applications.</summary>
public sealed class WinkManagingEntity
{
    /// <summary>Describes a managing entity; public for tests of scripts.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its kind, such as HOTEL or TRAVEL_AGENT.</param>
    /// <param name="status">Its status, such as ACTIVE.</param>
    public WinkManagingEntity(string id, string? name = null, string? type = null, string? status = null)
    {
        Id = id;
        Name = name;
        Type = type;
        Status = status;
    }

    internal WinkManagingEntity(ManagingEntity entity) : this(entity.Id ?? "", entity.Name, entity.Type, entity.Status)
    {
    }

    /// <summary>The managing entity's id.</summary>
    public string Id { get; }

    /// <summary>Its name.</summary>
    public string? Name { get; }

    /// <summary>Its kind, such as HOTEL or TRAVEL_AGENT.</summary>
    public string? Type { get; }

    /// <summary>Its status, such as ACTIVE.</summary>
    public string? Status { get; }

    /// <inheritdoc/>
    public override string ToString() => Id;
}
