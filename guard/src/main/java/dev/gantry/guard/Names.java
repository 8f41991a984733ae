package dev.gantry.guard;

/** Frequent names, from public statistics of several countries. Far from all: see docs/detectors.md for what that means. */
final class Names {
    private static final String GIVEN_NAMES = """
            aaron abigail abdul abdullah adam adrian adriana agnes agnieszka ahmad ahmed aisha akira alan alana albert
            alberto alejandra alejandro aleksander alessandro alessia alexander alexandra alexandre alexis alfred ali alice
            alicia alina alison alistair allison alyssa amanda amber amelia amélie amina amir amit amy ana anastasia andrea
            andreas andrei andrew andré andrés andrzej angela angelica angelina anil anita anja anjali ann anna anne
            annette annie anthony antoine anton antonio anya arjun arthur arturo asha ashley astrid aurélie barbara beatrice
            beatriz ben benjamin bernard bernd beth bethany bettina bianca birgit bob bogdan boris bradley brandon brenda
            brian brianna bridget brittany bruce bruno bryan camila camille carla carlos carmen carol carolina caroline
            carolyn catherine cecilia cédric celeste charles charlotte cheryl chloe chloé chris christian christina
            christine christoph christophe christopher cindy claire clara claudia claudio colin connor courtney craig
            cristina crystal cynthia damien dan daniel daniela danielle danny darren dave david deborah debra deepak denise
            dennis derek diana diane diego dieter dimitri dirk dmitri dmitry dominic dominik dominique donald donna doris
            dorothy douglas duncan dylan eduardo edward edwin eileen elaine eleanor elena eli elias elif elijah elisa
            elisabeth eliza elizabeth ella ellen emil emilia emilie emily emma emmanuel enrique erica erik erika erin
            ernesto esther ethan eugene eva evelyn fabian fabio fatima federico felicia felipe felix fernanda fernando
            fiona florian frances francesca francesco francis francisco françois frank franz fred frederic frederick
            frida friedrich fritz gabriel gabriela gabrielle gareth gary gavin geoffrey george georg gerald gerard gerhard
            gianluca gillian gina giovanni giulia giuseppe gloria gordon graham greg gregory greta guillaume guillermo
            gustavo guy hannah hans harold harriet hassan heather hector heidi heike heinrich heinz helen helena helga
            henri henrik henry hiroshi holger howard hugo ian ibrahim ignacio igor ingrid irene irina isaac isabel isabella
            isabelle ivan ivana jack jacob jacqueline jacques jake jakob jamal james jamie jan jane janet janice jason
            javier jean jeff jeffrey jennifer jens jeremy jerry jesper jesse jessica jesús jill jim joachim joan joanna
            joanne joaquín joe joel johan johann johanna johannes john johnny jonas jonathan jorge josé josef joseph
            joshua joão juan juanita judith judy julia julian juliana julie julien juliet jürgen justin jörg kai kamal
            karen karim karin karl karla katarina kate katharina katherine kathleen kathryn kathy katie katja katrin kayla
            keith kelly kenji kenneth kenya kevin khalid kim kimberly klaus krishna kristen kristin kristina krzysztof kurt
            kyle lars latisha laura lauren laurence laurent lawrence leah lena leo leon leonard leonardo leroy leslie
            leticia liam liliana linda lisa logan lorenzo louis louise luca lucas lucia lucy ludwig luigi luis luisa lukas
            luke luther lydia lynn madison maggie mahmoud malcolm malik manfred manuel manuela marc marcel marcela marcin
            marco marcos marcus margaret margarita maria mariana marianne marie marina mario marion marisa marjorie markus
            marlene marta martha martin martina marvin mary maryam mateo mathieu mathilde matteo matthew matthias maureen
            maurice max maxime megan mehmet mei melanie melissa mercedes michael michał michel michele michelle miguel
            mikael mike mikhail milan miriam mohamed mohammad mohammed monica monika morgan muhammad mustafa mónica nadia
            nadine nancy naomi natalia natalie natasha nathalie nathan neha neil nicholas nick nicola nicolas nicole niels
            nigel nikhil nikita nikolai nina noah noel noor nora norbert norma olaf oleg olga oliver olivia olivier omar
            oscar otto owen pablo pamela paola paolo patricia patrick paul paula paulina pauline paulo pavel pedro penelope
            peter petra philip philipp philippe phillip phoebe pierre pieter piotr pooja priya rachel rafael rahul raj
            rajesh ralf ralph ramón raquel rashid raymond rebecca regina reinhard renate rené ricardo richard rita robert
            roberto robin rodrigo roger roland rolf roman ronald rosa rosemary roxanne ruben rudolf russell ruth ryan
            sabine sabrina salma salvatore sam samantha samir samira samuel sandeep sandra sanjay santiago sara sarah sasha
            satoshi scott sean sebastian sergei sergey sergio shannon sharon shaun sheila shirley silvia simon simone
            sofia sofía sonia sophia sophie stacy stanislav stefan stefanie stefano stella stephan stephanie stephen steve
            steven stuart sunil susan susanne suzanne sven svetlana sylvia sylvie søren takashi tamara tanya tara tatiana
            ted teresa terry thabo theodore theresa thiago thomas thorsten tiffany tim timothy tina tobias todd tom tomasz
            tommy tony tracy travis tyler ulrich ulrike ursula uwe valentina valerie vanessa vera veronica veronika
            vicente victor victoria vijay viktor vincent vincenzo virginia vishal vladimir volker walter wanda wayne wei
            wendy wilhelm william wolfgang xavier yasmin yolanda yousef yuki yusuf yvonne zachary zainab zoe zoë łukasz
            ángel álvaro éric élise özlem şule
            """;
    private static final String AMBIGUOUS_NAMES = """
            angel art austin autumn april august bill brook carter chance charity chase chelsea christian cliff cole dale
            daisy dallas dawn dean destiny drew earl eden faith florence ford frank gene georgia ginger glen grace grant
            hazel heath holly hope hunter iris ivy jade jasmine jay jewel jordan joy june justice kay lance lee lily lincoln
            mark mason may melody mercy miles misty nick norm olive paris parker pat pearl phoenix piper ray reed rich rob
            robin rocky rod rose rusty ruby savannah scout sidney sky skip stone summer sunny taylor trinity tucker violet
            wade ward will willow art chip drew josh matt ron don ken jon
            """;
    private static final String FAMILY_NAMES = """
            smith johnson williams brown jones garcia garcía miller davis rodriguez rodríguez martinez martínez hernandez
            hernández lopez lópez gonzalez gonzález wilson anderson thomas taylor moore jackson martin lee perez pérez
            thompson white harris sanchez sánchez clark ramirez ramírez lewis robinson walker young allen king wright scott
            torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter roberts gomez gómez
            phillips evans turner diaz díaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers
            gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson brooks
            chavez wood james bennett gray mendoza ruiz hughes price alvarez álvarez castillo sanders patel myers long ross
            foster jimenez jiménez powell jenkins perry russell sullivan bell coleman butler henderson barnes fisher vasquez
            simmons romero jordan patterson alexander hamilton graham reynolds griffin wallace moreno west cole hayes bryant
            herrera gibson ellis tran medina stevens murray ford castro marshall owens harrison fernandez fernández
            mcdonald woods washington kennedy wells chen wang li zhang liu yang huang singh kumar sharma khan gupta shah
            müller schmidt schneider fischer weber meyer wagner becker schulz hoffmann schäfer koch bauer richter klein
            wolf schröder neumann schwarz zimmermann braun krüger hofmann hartmann lange schmitt werner krause meier lehmann
            bernard dubois durand leroy moreau laurent lefebvre michel bertrand roux fournier girard bonnet dupont lambert
            rossi russo ferrari esposito bianchi romano colombo ricci marino greco bruno gallo conti costa giordano
            silva santos oliveira souza pereira lima carvalho ferreira ribeiro almeida kowalski nowak wiśniewski ivanov
            petrov smirnov jansen janssen bakker visser devries hansen johansen olsen larsen andersen nilsen nielsen jensen
            pedersen johansson andersson karlsson nilsson eriksson larsson olsson persson svensson yilmaz kaya demir tanaka
            suzuki sato watanabe ito yamamoto nakamura kobayashi park choi jung doe o'brien o'connor o'neill macdonald
            """;

    private Names() {}

    /** Returns given names, ambiguous ones among them, in lower case. */
    static String[] given() {
        return (GIVEN_NAMES + AMBIGUOUS_NAMES).strip().split("\\s+");
    }

    /** Returns given names that are words or places as well, by their hash. */
    static WordTable<Boolean> ambiguous() {
        return WordTable.of(AMBIGUOUS_NAMES);
    }

    /** Returns given names by their hash. */
    static WordTable<Boolean> givenTable() {
        return WordTable.of(GIVEN_NAMES);
    }

    /** Returns family names by their hash. */
    static WordTable<Boolean> family() {
        return WordTable.of(FAMILY_NAMES);
    }
}
