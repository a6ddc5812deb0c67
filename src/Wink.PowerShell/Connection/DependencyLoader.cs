using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>
/// Loads RestSharp, and the code that uses it, into a load context of its own: another module may bring another RestSharp. Everything else
/// is in the default context, where scripts can name its types.
/// </summary>
public sealed class DependencyLoader : IModuleAssemblyInitializer
{
    private const string AdapterName = "Wink.Client.RestSharp";

    /// <inheritdoc/>
    public void OnImport()
    {
        // Scripts name its types, as in catch [Wink.Client.RotationOutcomeException], and PowerShell finds those that are loaded.
        GC.KeepAlive(typeof(RotationOutcomeException));
        // This runs at each import, and one handler is enough.
        AssemblyLoadContext.Default.Resolving -= Resolve;
        AssemblyLoadContext.Default.Resolving += Resolve;
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) => name.Name == AdapterName ? Loaded.Adapter : null;

    private static Assembly Load()
    {
        var folder = Path.Combine(Path.GetDirectoryName(typeof(DependencyLoader).Assembly.Location) ?? "", "dependencies");
        return new DependencyContext(folder).LoadFromAssemblyPath(Path.Combine(folder, $"{AdapterName}.dll"));
    }

    /// <summary>
    /// Loads it once for the process, though several runspaces may import the module at the same time; and not before it is needed, so that
    /// an import costs less.
    /// </summary>
    private static class Loaded
    {
        public static readonly Assembly Adapter = Load();
    }

    private sealed class DependencyContext(string folder) : AssemblyLoadContext("Wink.PowerShell")
    {
        /// <summary>Asked before the default context is, which may have a newer version of the same assembly.</summary>
        protected override Assembly? Load(AssemblyName assemblyName) =>
            Path.Combine(folder, $"{assemblyName.Name}.dll") is var path && File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
