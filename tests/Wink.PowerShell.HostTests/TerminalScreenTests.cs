namespace Wink.PowerShell.HostTests;

public sealed class TerminalScreenTests
{
    [Theory]
    [InlineData("one\r\ntwo", "one|two")]
    [InlineData("12345\r\n6", "12345|6")]
    [InlineData("1234567", "1234567")]
    [InlineData("123456\b\b7", "123457")]
    [InlineData("abc\rx", "xbc")]
    [InlineData("\e[31;1mred\e[0m\e[?25l", "red")]
    [InlineData("\e]0;title\aa\e]133;B\a", "a")]
    [InlineData("one\r\ntwo\e[1;2Hx", "oxe|two")]
    [InlineData("1\r\n2\r\n3\r\n4\e[Hx", "1|x|3|4")]
    [InlineData("abc\r\ndef\e[1;2H\e[J", "a|")]
    [InlineData("abc\e[1;2H\e[K", "a")]
    [InlineData("1234567\e[1;3H\e[K", "12|67")]
    public void It_shows_what_a_terminal_with_five_columns_and_three_rows_does(string written, string seen)
    {
        var screen = new TerminalScreen(5, 3, _ => Assert.Fail("Nothing was asked."));

        // In pieces, as they may arrive.
        foreach (var character in written)
            screen.Write(character.ToString());

        Assert.Equal(seen.Split('|'), screen.Lines);
    }

    [Fact]
    public void It_says_where_the_cursor_is()
    {
        var answers = new List<string>();
        var screen = new TerminalScreen(5, 3, answers.Add);

        screen.Write("1\r\n2\r\n3\r\nabc\e[6n");

        Assert.Equal(["\e[3;4R"], answers);
        Assert.Equal(("abc", 3), screen.AtCursor);
    }

    [Fact]
    public void It_fails_at_what_it_does_not_know()
    {
        var screen = new TerminalScreen(5, 3, _ => { });

        Assert.Throws<NotSupportedException>(() => screen.Write("\e[3L"));
    }
}
