using System.Reflection;
using System.Runtime.Loader;

namespace Wink.PowerShell.Loader;

/// <summary>Holds the module's assemblies and RestSharp apart from those of the host and of other modules, once per process.</summary>
public sealed class ModuleLoadContext : AssemblyLoadContext
{
    private static readonly ModuleLoadContext Instance = new();

    private readonly string _folder = Path.GetDirectoryName(typeof(ModuleLoadContext).Assembly.Location)!;

    private ModuleLoadContext() : base("Wink.PowerShell")
    {
    }

    /// <summary>What the module imports: the client's types and the cmdlets.</summary>
    public static IReadOnlyList<Assembly> ModuleAssemblies { get; } =
        [.. new[] { "Wink.Client", "Wink.PowerShell" }.Select(name => Instance.LoadFromAssemblyName(new AssemblyName(name)))];

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = Path.Combine(_folder, $"{assemblyName.Name}.dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
